/**
 * KEYS: stream. Answers the time that its oldest message was appended at, which its id begins with, or that it is now, in
 * milliseconds since the epoch by the clock of the server that has it.
 */
export const storedUntilScript = `
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if oldest then return tonumber(string.match(oldest[1], '^%d+')) end
local now = redis.call('TIME')
return now[1] * 1000 + math.floor(now[2] / 1000)`;
