import { clockFunctions } from './clock.ts';
import { quotaFunctions } from './quota.ts';

/**
 * Decides one call, once: takes of every quota of the agent or of none, and appends the decision to the audit stream.
 *
 * KEYS: record, hold, stream, list of counts, then counts and entries of each quota.
 * ARGV: milliseconds since the epoch (empty: now), call id, most items that may wait in the stream, seconds that an allowed
 * call and any other one is remembered; the item's beginning, its verdict where no quota objects, 1 if that allows the call;
 * then of the quotas of the role: who holds them (`?` where they have not been asked: then nothing but a refusal is decided),
 * their states, what was taken of them, the policy and the reasons of a refusal, and its seconds; then the quotas.
 *
 * Answers `[taken | known | settled | full | room, item, role whose quotas a known call holds]`; `room` where nothing is decided.
 */
export const takeScript = `${clockFunctions}${quotaFunctions}
local record = redis.call('GET', KEYS[1])
if record then
  if string.sub(record, 1, 1) ~= '{' then return { 'settled', '', '' } end
  local hold = redis.call('GET', KEYS[2])
  return { 'known', record, hold and cjson.decode(hold).role or '' }
end
if redis.call('XLEN', KEYS[3]) >= tonumber(ARGV[3]) then return { 'full', '', '' } end

local now = currentMs(ARGV[1])
local verdict, isAllowed = ARGV[7], ARGV[8] == '1'
local role, states, taken, policy, reasons, retry = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13], tonumber(ARGV[14])
local quotas = readQuotas(5, 15)
local holds, exceeded = takeAll(quotas, now, ARGV[2], KEYS[4], isAllowed and reasons == '' and role ~= '?')
if role == '?' and #exceeded == 0 then return { 'room', '', '' } end
if #exceeded > 0 then
  local ownReasons, ownRetry = describeRefusal(exceeded, now)
  policy = reasons == '' and exceeded[1].policy or policy
  reasons = reasons == '' and ownReasons or reasons .. ',' .. ownReasons
  retry = math.max(retry, ownRetry)
end
if reasons ~= '' then
  isAllowed = false
  verdict = '"decision":"limited","policy":' .. policy .. ',"reasons":[' .. reasons
    .. '],"obligations":[],"retryAfterSeconds":' .. int(retry)
end
local ownStates = describeStates(quotas, now)
if states ~= '' and ownStates ~= '' then states = states .. ',' end
local item = ARGV[6] .. ',' .. verdict .. ',"quota":[' .. states .. ownStates .. ']'
if isAllowed then
  local ownTaken = describeTakings(quotas, now)
  if taken ~= '' and ownTaken ~= '' then taken = taken .. ',' end
  if taken ~= '' or ownTaken ~= '' then item = item .. ',"taken":[' .. taken .. ownTaken .. ']' end
end
item = item .. ',"at":"' .. dateTime(now) .. '"}'

redis.call('XADD', KEYS[3], '*', 'item', item)
redis.call('SET', KEYS[1], item, 'EX', isAllowed and ARGV[4] or ARGV[5])
if isAllowed and (#holds > 0 or role ~= '') then
  redis.call('SET', KEYS[2], cjson.encode({ role = role, quotas = holds }), 'EX', ARGV[4])
end
return { 'taken', item, '' }`;

/**
 * Takes of every quota of a role or of none, once for each call.
 *
 * KEYS: hold, list of counts, then counts and entries of each quota. ARGV: milliseconds since the epoch (empty: now), call id, seconds that the
 * hold is kept; then the quotas.
 *
 * Answers `[taken | held | refused, states, what was taken, policy and reasons of a refusal, seconds until it would not be
 * refused]`; `held` where the call had taken before, whatever became of that.
 */
export const takeRoleScript = `${clockFunctions}${quotaFunctions}
local now = currentMs(ARGV[1])
local quotas = readQuotas(3, 4)
local held = redis.call('GET', KEYS[1])
local holds, exceeded = takeAll(quotas, now, ARGV[2], KEYS[2], not held)
local taken = describeTakings(quotas, now)
if #holds > 0 then redis.call('SET', KEYS[1], cjson.encode({ quotas = holds, taken = taken }), 'EX', ARGV[3]) end
local states = describeStates(quotas, now)
if held then
  return { 'held', states, string.sub(held, 1, 1) == '{' and cjson.decode(held).taken or '', '', '', '0' }
end
if #exceeded == 0 then return { 'taken', states, taken, '', '', '0' } end
local reasons, retry = describeRefusal(exceeded, now)
return { 'refused', states, '', exceeded[1].policy, reasons, int(retry) }`;
