import { clockFunctions } from './clock.ts';
import { settlementFunctions } from './quota.ts';

/** What the record of a call holds once it is settled, before the role whose quotas it took of. */
export const settledMark = 'settled:';

/**
 * Says what came of a call, once: appends the outcome to the audit stream, and settles what the call took of.
 *
 * KEYS: record, hold, stream. ARGV: the item's beginning, seconds that the settlement is remembered, 1 to give everything back, then
 * what was used in tokens and in millionths of a dollar (empty: unknown, what was taken stays taken); milliseconds since the
 * epoch (empty: now), and the beginning of what the item says of a settlement (empty: nothing changes).
 *
 * Answers `[settled | repeated, role whose quotas the call took of, or nothing]`.
 */
export const settleScript = `${clockFunctions}${settlementFunctions}
local mark = '${settledMark}'
local record = redis.call('GET', KEYS[1])
if record and string.sub(record, 1, #mark) == mark then return { 'repeated', string.sub(record, #mark + 1) } end
local hold = redis.call('GET', KEYS[2])
local held = hold and cjson.decode(hold) or { role = '', quotas = {} }
settleAll(held.quotas, ARGV[3] == '1', { tokens = ARGV[4], usd = ARGV[5] })
local settlement = hold and ARGV[7] ~= '' and ARGV[7] .. ',"atMs":' .. int(currentMs(ARGV[6])) .. '}' or ''
redis.call('XADD', KEYS[3], '*', 'item', ARGV[1] .. settlement .. '}')
redis.call('SET', KEYS[1], mark .. held.role, 'EX', ARGV[2])
redis.call('DEL', KEYS[2])
return { 'settled', held.role }`;

/** Settles what a call took of its role's quotas, once. KEYS: hold. ARGV: as above, without the item and from the time on. */
export const settleRoleScript = `${settlementFunctions}
local hold = redis.call('GET', KEYS[1])
if not hold or hold == '${settledMark}' then return 0 end
settleAll(cjson.decode(hold).quotas, ARGV[2] == '1', { tokens = ARGV[3], usd = ARGV[4] })
redis.call('SET', KEYS[1], '${settledMark}', 'EX', ARGV[1])
return 1`;
