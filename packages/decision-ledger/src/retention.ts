/** How long a call that is allowed may take until it is settled, in seconds. Later, what it took stays counted. */
export const openSeconds = 1_800;

/** How long the end of a call is remembered, in seconds: until nobody repeats its question or its settlement any more. */
export const closedSeconds = 60;

/**
 * After so long, in seconds, nobody tells any more what came of an allowed call: three attempts at the longest timeout that an
 * action may have take no longer, and what the call took cannot be given back.
 */
export const outcomeSeconds = openSeconds + closedSeconds;

/** The quotas of a role forget first, so that nothing they remember outlives the decision that it belongs to. */
export const closedRoleSeconds = 50;
