import { clockFunctions } from './clock.ts';
import { settlementFunctions } from './quota.ts';
import { settledMark } from './settle.ts';

/**
 * Records a call that was refused without a decision, unless too much waits in the stream. Where policy was asked, and its
 * answer got lost: a decision that allows the call is settled, what it took given back, and one that is still to come finds
 * that the call has ended.
 *
 * KEYS: record, hold, stream. ARGV: the item's beginning, without its time; most items that may wait in the stream; 1 where
 * policy was asked; seconds that the end of the call is remembered then.
 *
 * Answers `[recorded | settled | known | dropped, role whose quotas the call took of, or nothing]`.
 */
export const refuseScript = `${clockFunctions}${settlementFunctions}
local function append(at, settlement)
  redis.call('XADD', KEYS[3], '*', 'item', ARGV[1] .. settlement .. ',"at":"' .. at .. '"}')
end

local mark = '${settledMark}'
local isAsked = ARGV[3] == '1'
local record = isAsked and redis.call('GET', KEYS[1])
if record then
  local decision = string.sub(record, 1, 1) == '{' and cjson.decode(record)
  if not decision or decision.decision ~= 'allowed' then return { 'known', '' } end
  local hold = redis.call('GET', KEYS[2])
  local held = hold and cjson.decode(hold) or { role = '', quotas = {} }
  settleAll(held.quotas, true, {})
  append(decision.at, hold and ',"settlement":{"givenBack":true,"atMs":' .. int(currentMs('')) .. '}' or '')
  redis.call('SET', KEYS[1], mark .. held.role, 'EX', ARGV[4])
  redis.call('DEL', KEYS[2])
  return { 'settled', held.role }
end
if isAsked then redis.call('SET', KEYS[1], mark, 'EX', ARGV[4]) end
if redis.call('XLEN', KEYS[3]) >= tonumber(ARGV[2]) then return { 'dropped', '' } end
append(dateTime(currentMs('')), '')
return { 'recorded', '' }`;
