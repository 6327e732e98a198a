import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PolicySchedule, policySchema, weekdays } from '@4runr/contracts/policy';
import fc from 'fast-check';
import { compileSchedule } from '../src/schedule/schedule.ts';
import { isOpenLiterally, minuteMs } from './literal-schedule.ts';
import { changesIn, firstYear, zones } from './time-zone-rules.ts';

const time = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 1, 15, 30, 59) })
  .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const zone = fc.constantFrom(...Object.keys(zones));

const schedules: fc.Arbitrary<PolicySchedule> = fc
  .record({
    timezone: zone,
    days: fc.subarray([...weekdays], { minLength: 1 }),
    from: time,
    to: fc.oneof({ weight: 9, arbitrary: time }, fc.constant('24:00')),
  })
  .filter(({ from, to }) => from !== to);

const year = fc.integer({ min: firstYear, max: 2037 });
const anyTime = year.chain((of) => fc.integer({ min: Date.UTC(of, 0, 1), max: Date.UTC(of + 1, 0, 1) - 1 }));

/** Times within three hours of a change of clocks in the schedule's zone, or of any time where there is none. */
const aroundChange = ({ timezone }: PolicySchedule) =>
  year.chain((of) => {
    const changes = changesIn(timezone, of);
    const around = fc.integer({ min: -180 * minuteMs, max: 180 * minuteMs });
    return changes.length === 0
      ? anyTime
      : fc.tuple(fc.constantFrom(...changes), around).map(([change, by]) => change + by);
  });

const runs = { numRuns: 5_000 };

function assertAgree(times: (schedule: PolicySchedule) => fc.Arbitrary<number>): void {
  let open = 0;
  const agrees = ([schedule, at]: [PolicySchedule, number]) => {
    const isOpen = compileSchedule(schedule).isOpen(new Date(at));
    open += Number(isOpen);
    assert.equal(isOpen, isOpenLiterally(schedule, at));
  };
  const cases = schedules.chain((schedule) => fc.tuple(fc.constant(schedule), times(schedule)));
  fc.assert(fc.property(cases, agrees), runs);
  assert.ok(
    open > runs.numRuns / 10 && open < runs.numRuns,
    `${open} times were open: the comparison says little`,
  );
}

describe('schedules', () => {
  it('are open when the rules of their time zone, written down by hand, say so', () =>
    assertAgree(() => anyTime));

  it('are open when these say so, in the hours around every change of clocks', () =>
    assertAgree(aroundChange));

  it('that documents can hold are those that are compared', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const document = { name: 'a', subjects: { roles: ['b'] }, schedule };
        assert.equal(policySchema.safeParse(document).success, true);
      }),
    );
  });

  it('are open for as long as the clock says, whatever the change of clocks does to the day', () => {
    const openMinutes = (schedule: PolicySchedule, from: string, hours: number) => {
      const { isOpen } = compileSchedule(schedule);
      const start = Date.parse(from);
      return Array.from({ length: hours * 60 }, (_, minute) =>
        isOpen(new Date(start + minute * minuteMs)),
      ).filter(Boolean).length;
    };
    const night = { timezone: 'America/New_York', days: [...weekdays], from: '01:30', to: '03:00' };
    assert.equal(openMinutes(night, '2026-03-07T12:00:00Z', 24), 30, 'from 2:00 to 3:00 there was no time');
    assert.equal(openMinutes(night, '2026-06-07T12:00:00Z', 24), 90);
    assert.equal(openMinutes(night, '2026-10-31T12:00:00Z', 24), 120, 'from 1:30 to 2:00 it was twice');
  });
});
