import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { type BreakerState, CircuitOpenError, createCircuit, type Evidence } from './circuit.ts';

/** An error that says of the provider what its message says. */
const saying = (evidence: Evidence) => new Error(evidence);
const judge = (error: unknown) => (error as Error).message as Evidence;

beforeEach(() => {
  mock.timers.enable({ apis: ['Date', 'setTimeout'] });
  mock.method(Math, 'random', () => 0);
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function startCircuit(now = Date.now) {
  const states: BreakerState[] = [];
  const circuit = createCircuit({ now, onTransition: (_from, to) => void states.push(to) });
  /** What an attempt ends with that ends so. */
  const attempt = (end: Evidence | 'succeeds') =>
    circuit.run(async () => {
      if (end !== 'succeeds') throw saying(end);
      return 'answer';
    }, judge);
  const outcomeOf = (end: Evidence | 'succeeds') => attempt(end).catch((error: unknown) => error);
  /** An attempt that is under way until the test ends it. */
  const begin = () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const outcome = circuit.run(() => promise, judge).catch((error: unknown) => error);
    return {
      outcome,
      end: async (end: Evidence | 'succeeds') => {
        if (end === 'succeeds') resolve('answer');
        else reject(saying(end));
        return outcome;
      },
    };
  };
  const trip = async () => {
    for (let failure = 0; failure < 10; failure += 1) await outcomeOf('fails');
    assert.equal(circuit.state, 'open');
  };
  return { circuit, states, attempt, outcomeOf, begin, trip };
}

const isRefused = (outcome: unknown) => outcome instanceof CircuitOpenError;
const pause = () => mock.timers.tick(1_500);
/** Lets what has been settled take its course. */
const settle = () => new Promise(setImmediate);

describe('a circuit', () => {
  it('opens when attempts fail, refuses at once, and says when to come back', async () => {
    const { outcomeOf, trip, states } = startCircuit();
    await trip();
    mock.timers.tick(500);
    const refused = await outcomeOf('succeeds');
    assert.ok(isRefused(refused));
    assert.equal((refused as CircuitOpenError).retryAfterMs, 1_000);
    assert.deepEqual(states, ['open']);
  });

  it('closes when its probe succeeds', async () => {
    const { outcomeOf, trip, states } = startCircuit();
    await trip();
    pause();
    assert.equal(await outcomeOf('succeeds'), 'answer');
    assert.equal(await outcomeOf('succeeds'), 'answer');
    assert.deepEqual(states, ['open', 'half_open', 'closed']);
  });

  it('stays open by the clock that it is given, whatever the wall’s is set to', async () => {
    let now = 0;
    const { outcomeOf, trip } = startCircuit(() => now);
    await trip();
    mock.timers.tick(3_600_000);
    assert.ok(isRefused(await outcomeOf('succeeds')));
    mock.timers.setTime(0);
    now = 1_500;
    assert.equal(await outcomeOf('succeeds'), 'answer');
  });

  it('opens again when its probe fails', async () => {
    const { outcomeOf, trip, states } = startCircuit();
    await trip();
    pause();
    assert.equal(((await outcomeOf('fails')) as Error).message, 'fails');
    assert.ok(isRefused(await outcomeOf('succeeds')));
    assert.deepEqual(states, ['open', 'half_open', 'open']);
  });

  it('refuses at once while its probe is under way', async () => {
    const { begin, outcomeOf, trip } = startCircuit();
    await trip();
    pause();
    const probe = begin();
    assert.ok(isRefused(await outcomeOf('succeeds')));
    assert.equal(await probe.end('succeeds'), 'answer');
    assert.equal(await outcomeOf('succeeds'), 'answer');
  });

  it('does not open by what says nothing against the provider', async () => {
    const { circuit, outcomeOf } = startCircuit();
    for (let attempt = 0; attempt < 40; attempt += 1) {
      await outcomeOf('lives');
      await outcomeOf('none');
    }
    assert.equal(circuit.state, 'closed');
  });

  it('closes when its probe is refused by a provider that lives', async () => {
    const { circuit, outcomeOf, trip } = startCircuit();
    await trip();
    pause();
    assert.equal(((await outcomeOf('lives')) as Error).message, 'lives');
    assert.equal(circuit.state, 'closed');
  });

  it('makes the next attempt its probe, at once, when one says nothing of the provider', async () => {
    const { circuit, outcomeOf, trip } = startCircuit();
    await trip();
    pause();
    assert.equal(((await outcomeOf('none')) as Error).message, 'none');
    assert.equal(circuit.state, 'open');
    assert.equal(await outcomeOf('succeeds'), 'answer');
    assert.equal(circuit.state, 'closed');
  });
});

describe('a probe that nobody answers', () => {
  async function overdue() {
    const started = startCircuit();
    await started.trip();
    pause();
    const probe = started.begin();
    mock.timers.tick(2_000);
    await settle();
    assert.equal(started.circuit.state, 'open');
    return { ...started, probe };
  }

  it('does not keep the next one from being made', async () => {
    const { circuit, outcomeOf, probe } = await overdue();
    assert.ok(isRefused(await outcomeOf('succeeds')));
    pause();
    assert.equal(await outcomeOf('succeeds'), 'answer');
    assert.equal(circuit.state, 'closed');
    assert.equal(((await probe.end('fails')) as Error).message, 'fails');
    assert.equal(circuit.state, 'closed');
  });

  it('closes the circuit when it is answered after all: a slow provider is one too', async () => {
    const { circuit, outcomeOf, probe, states } = await overdue();
    assert.equal(await probe.end('succeeds'), 'answer');
    assert.equal(circuit.state, 'closed');
    assert.equal(await outcomeOf('succeeds'), 'answer');
    assert.deepEqual(states, ['open', 'half_open', 'open', 'closed']);
  });

  it('leaves it open when it fails after all', async () => {
    const { circuit, probe } = await overdue();
    await probe.end('fails');
    assert.equal(circuit.state, 'open');
  });
});

describe('attempts that were under way when the circuit opened', () => {
  it('do not open it again when they fail after the provider has recovered', async () => {
    const { begin, circuit, outcomeOf, trip } = startCircuit();
    const stragglers = Array.from({ length: 30 }, begin);
    await trip();
    pause();
    await outcomeOf('succeeds');
    for (const straggler of stragglers) await straggler.end('fails');
    assert.equal(circuit.state, 'closed');
  });

  it('do not end the wait for its probe', async () => {
    const { begin, circuit, trip } = startCircuit();
    const straggler = begin();
    await trip();
    pause();
    const probe = begin();
    await straggler.end('fails');
    assert.equal(circuit.state, 'half_open');
    await probe.end('succeeds');
    assert.equal(circuit.state, 'closed');
  });
});
