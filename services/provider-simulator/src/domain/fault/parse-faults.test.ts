import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultExample, shortFaultExample } from '@4runr/contracts/fault';
import { parseFaults as parse } from './parse-faults.ts';
import { builtInTools } from './simulated-tool.ts';

const parseFaults = (text: string) => parse(text, builtInTools);

describe('parseFaults', () => {
  it('reads a fault for each tool that is named', () => {
    const faults = { serpapi: faultExample, gmail_send: shortFaultExample };
    assert.deepEqual(parseFaults(JSON.stringify(faults)), faults);
    assert.deepEqual(parseFaults('{}'), {});
  });

  it('names everything that is wrong at once', () => {
    const text = '{"serpapi": {"mode": "explode", "rate": 2}, "wikipedia": {"mode": "reset", "rate": 1}}';
    assert.throws(() => parseFaults(text), /serpapi\.mode: .*\n.*serpapi\.rate: .*\n.*"wikipedia"/);
  });

  it('refuses what is no object, and what is no JSON', () => {
    assert.throws(() => parseFaults('[]'), /all of it: /);
    assert.throws(() => parseFaults('serpapi: {}'), /not JSON/);
  });
});
