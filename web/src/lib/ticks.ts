// The time now, told again at a pace; one timer for all who ask at the same pace, so that a
// table of a hundred rows ticks once.

export interface Ticks {
  subscribe: (listener: () => void) => () => void;
  /** ms since the epoch; changes only at a tick while somebody listens. */
  read: () => number;
}

function ticks(everyMs: number): Ticks {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    now = Date.now();
    listeners.forEach((each) => each());
  };
  const leave = (listener: () => void) => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
  return {
    subscribe(listener) {
      if (listeners.size === 0) timer = setInterval(tick, everyMs);
      listeners.add(listener);
      return () => leave(listener);
    },
    read() {
      if (listeners.size === 0 && Math.abs(Date.now() - now) >= everyMs) now = Date.now();
      return now;
    },
  };
}

const paces = new Map<number, Ticks>();

export function ticksOf(everyMs: number): Ticks {
  const found = paces.get(everyMs) ?? ticks(everyMs);
  paces.set(everyMs, found);
  return found;
}
