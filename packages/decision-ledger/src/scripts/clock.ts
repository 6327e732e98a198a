/** The time in scripts, in Lua. */
export const clockFunctions = `
local function currentMs(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- RFC 3339. The days are turned into a date of the Gregorian calendar whose years begin in March.
local function dateTime(ms)
  local days = math.floor(ms / 86400000)
  local rest = ms - days * 86400000
  local era = math.floor((days + 719468) / 146097)
  local dayOfEra = days + 719468 - era * 146097
  local yearOfEra = math.floor((dayOfEra - math.floor(dayOfEra / 1460) + math.floor(dayOfEra / 36524) - math.floor(dayOfEra / 146096)) / 365)
  local dayOfYear = dayOfEra - (365 * yearOfEra + math.floor(yearOfEra / 4) - math.floor(yearOfEra / 100))
  local march = math.floor((5 * dayOfYear + 2) / 153)
  local month = march < 10 and march + 3 or march - 9
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ',
    yearOfEra + era * 400 + (month <= 2 and 1 or 0), month, dayOfYear - math.floor((153 * march + 2) / 5) + 1,
    math.floor(rest / 3600000), math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end
`;
