import { clockFunctions } from './clock.ts';

/**
 * The counts of a partition that were compared the longest ago, or never. KEYS: list of counts. ARGV: how many.
 *
 * Answers with the text and the milliseconds of each in turn.
 */
export const dueCountersScript = `return redis.call('ZRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1, 'WITHSCORES')`;

/**
 * What a count says, changing nothing.
 *
 * KEYS: counts, entries. ARGV: milliseconds since the epoch (empty: now), fixed or sliding, milliseconds of the window.
 *
 * Answers `[now, since when it counts, how much it has counted]`: of a fixed window everything of the window that began then,
 * of a sliding one everything from then on. What is older than a sliding window and was not forgotten yet is counted still.
 */
export const readCounterScript = `${clockFunctions}
local function int(number) return string.format('%.0f', number) end
local now, window = currentMs(ARGV[1]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'start', 'used', 'sum')
if ARGV[2] == 'fixed' then
  local start, used = now - now % window, 0
  if known[1] and tonumber(known[1]) >= start then start, used = tonumber(known[1]), tonumber(known[2]) end
  return { int(now), int(start), int(used) }
end
local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local since = math.min(now - window + 1, tonumber(oldest[2] or now))
return { int(now), int(since), int(tonumber(known[3] or 0)) }`;

/**
 * Notes when a count was compared; one that has gone and is not missed is not listed any more.
 *
 * KEYS: list of counts, counts. ARGV: its text in the list, milliseconds since the epoch, 1 where it is not missed.
 */
export const notedCounterScript = `
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])`;
