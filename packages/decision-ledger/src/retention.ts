/** How long a call that is allowed may take until it is settled, in seconds. Later, what it took stays counted. */
export const openSeconds = 1_800;

/** How long the end of a call is remembered, in seconds: until nobody repeats its question or its settlement any more. */
export const closedSeconds = 60;
/** The quotas of a role forget first, so that nothing they remember outlives the decision that it belongs to. */
export const closedRoleSeconds = 50;
