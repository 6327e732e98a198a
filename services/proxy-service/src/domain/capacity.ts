/** Gives a place back; again is as good as once. */
export type Leave = () => void;

/** How many calls this replica carries at once, and how many of them are one agent's. */
export interface Capacity {
  readonly inFlight: number;
  /** Takes one of the places for a call of whomever; `undefined` when there is none. */
  enter(): Leave | undefined;
  /** Counts a call, which has its place, as this agent's; `undefined` when the agent has to leave room for others. */
  share(agentId: string): Leave | undefined;
}

export interface CapacityLimits {
  readonly places: number;
  /** Calls that an agent may have in flight whatever others do, as long as there are places. */
  readonly placesOfAgent: number;
}

/** Part of the places that those with many calls in flight do not get. */
const partKept = 1 / 4;

/**
 * Whoever has `placesOfAgent` calls in flight, or more, gets further ones only while three quarters of all places are not taken; the
 * rest is for those who have fewer. So an agent may use what is idle, and cannot keep out who comes with a few calls.
 */
export function createCapacity({ places, placesOfAgent }: CapacityLimits): Capacity {
  const held = new Map<string, number>();
  const crowdedFrom = places - Math.ceil(places * partKept);
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    enter() {
      if (inFlight >= places) return undefined;
      inFlight += 1;
      return once(() => {
        inFlight -= 1;
      });
    },
    share(agentId) {
      const others = held.get(agentId) ?? 0;
      if (others >= placesOfAgent && inFlight > crowdedFrom) return undefined;
      held.set(agentId, others + 1);
      return once(() => {
        const left = (held.get(agentId) ?? 0) - 1;
        if (left > 0) held.set(agentId, left);
        else held.delete(agentId);
      });
    },
  };
}

function once(leave: Leave): Leave {
  let hasLeft = false;
  return () => {
    if (hasLeft) return;
    hasLeft = true;
    leave();
  };
}
