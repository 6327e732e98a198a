/**
 * The states of an idempotency key, in Lua. An entry is a hash:
 *
 * - `state`: `reserved` until its call is dispatched, `dispatching`, `done`
 * - `call`: id of the call that has it; whoever else comes with a word about the entry is not heard
 * - `request`: a digest of what the call asks for
 * - `until`: when a reservation can be taken over, or a call that is being dispatched counts as lost, in milliseconds
 * - `bytes`: what the entry counts for in the agent's bound
 * - `outcome`: of a call that is done
 *
 * KEYS of every script: the entry; the index of the agent's entries, a sorted set of `<name> <bytes>` by the time of their end; the
 * sum of their bytes. ARGV begins with the milliseconds since the epoch (empty: now), the entry's name, and the call's id.
 */
const common = `
local function int(number) return string.format('%.0f', number) end

local function currentMs()
  if ARGV[1] ~= '' then return tonumber(ARGV[1]) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local now, name, call = currentMs(), ARGV[2], ARGV[3]
local entry = redis.call('HMGET', KEYS[1], 'state', 'call', 'request', 'until', 'bytes', 'outcome')
local state, isOwn = entry[1], entry[2] == call
local bytes = tonumber(entry[5] or 0)

-- Entries that have ended count no longer; at most a hundred are looked at.
local function forgetEnded()
  local ended = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', int(now), 'LIMIT', 0, 100)
  if #ended == 0 then return end
  local freed = 0
  for _, member in ipairs(ended) do freed = freed + tonumber(string.match(member, ' (%d+)$')) end
  redis.call('ZREM', KEYS[2], unpack(ended))
  redis.call('DECRBY', KEYS[3], int(freed))
end

local function removeFromIndex()
  if redis.call('ZREM', KEYS[2], name .. ' ' .. int(bytes)) == 1 then redis.call('DECRBY', KEYS[3], int(bytes)) end
end

-- The entry ends after so many milliseconds, and the index not before it.
local function keep(ms, counted)
  removeFromIndex()
  if redis.call('ZADD', KEYS[2], int(now + ms), name .. ' ' .. int(counted)) == 1 then
    redis.call('INCRBY', KEYS[3], int(counted))
  end
  redis.call('HSET', KEYS[1], 'bytes', int(counted))
  redis.call('PEXPIRE', KEYS[1], int(ms))
  for at = 2, 3 do
    if redis.call('PTTL', KEYS[at]) < ms then redis.call('PEXPIRE', KEYS[at], int(ms)) end
  end
end

local function used() return tonumber(redis.call('GET', KEYS[3]) or 0) end
`;

/**
 * Reserves an entry, or tells what is in the way. ARGV: digest of the request, milliseconds of the reservation, milliseconds after
 * which one that nobody takes over is forgotten, bytes that an entry counts for, most bytes of the agent.
 *
 * Answers `[reserved | done | unknown | running | conflict | full, call that has it, outcome or milliseconds until there is room]`.
 */
export const claimScript = `${common}
local lapsed = state and tonumber(entry[4] or 0) <= now
if state and not (state == 'reserved' and lapsed) then
  if entry[3] ~= ARGV[4] then return { 'conflict', entry[2], '' } end
  if state == 'done' then return { 'done', entry[2], entry[6] } end
  return { lapsed and 'unknown' or 'running', entry[2], '' }
end
forgetEnded()
local size = tonumber(ARGV[7])
if used() - bytes + size > tonumber(ARGV[8]) then
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  return { 'full', '', oldest[2] and int(math.max(0, tonumber(oldest[2]) - now)) or '0' }
end
redis.call('HSET', KEYS[1], 'state', 'reserved', 'call', call, 'request', ARGV[4], 'until', int(now + tonumber(ARGV[5])))
keep(tonumber(ARGV[6]), size)
return { 'reserved', call, '' }`;

/**
 * Marks the call as being dispatched. ARGV: milliseconds after which it counts as lost, milliseconds that the entry is kept.
 * Answers 1, or 0 where the call does not have the entry any more.
 */
export const dispatchScript = `${common}
if not isOwn or state == 'done' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'dispatching', 'until', int(now + tonumber(ARGV[4])))
if state == 'reserved' then keep(tonumber(ARGV[5]), bytes) end
return 1`;

/**
 * Says that the call is still being carried out. ARGV: milliseconds after which it counts as lost, or a reservation can be taken over;
 * milliseconds after which a reservation is forgotten. Answers as above.
 */
export const renewScript = `${common}
if not isOwn or state == 'done' then return 0 end
redis.call('HSET', KEYS[1], 'until', int(now + tonumber(ARGV[4])))
if state == 'reserved' then keep(tonumber(ARGV[5]), bytes) end
return 1`;

/**
 * Keeps what came of the call. ARGV: outcome, most bytes that it may bring the agent to, what is kept in place of one that would bring
 * it to more (empty: the outcome all the same), milliseconds that it is kept. Answers 1, or 0 as above.
 */
export const finishScript = `${common}
if not isOwn then return 0 end
if state == 'done' then return 1 end
forgetEnded()
local outcome = ARGV[4]
if ARGV[6] ~= '' and used() + #outcome > tonumber(ARGV[5]) then outcome = ARGV[6] end
redis.call('HSET', KEYS[1], 'state', 'done', 'outcome', outcome)
redis.call('HDEL', KEYS[1], 'until')
keep(tonumber(ARGV[7]), bytes + #outcome)
return 1`;

/** Lets the key serve again. Answers 1, or 0 where the call does not have the entry any more, or is done. */
export const releaseScript = `${common}
if not isOwn or state == 'done' then return 0 end
removeFromIndex()
redis.call('DEL', KEYS[1])
return 1`;
