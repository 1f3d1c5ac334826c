import { type RefObject, useEffect, useState } from "react";

/** Whether an element has come near to what is seen; stays true from then on. */
export function useNear(host: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = host.current;
    if (element === null || near) return;
    const watcher = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && setNear(true), { rootMargin: "300px" });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [host, near]);
  return near;
}
