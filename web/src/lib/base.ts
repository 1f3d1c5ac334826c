// Where the lab is: "" at the root of its host, else a path such as "/ml/lab". The lab writes
// it into index.html when it starts.
export const base =
  document.querySelector<HTMLMetaElement>('meta[name="lab-base"]')?.content.replace(/\/$/, "") ?? "";

/** Leave for the sign-in page, and come back to where we are. */
export function toSignIn(): void {
  const here = location.pathname + location.search;
  location.assign(`${base}/sign-in?next=${encodeURIComponent(here)}`);
}

/** The lab's whole address, as other programs need it. */
export const labUrl = location.origin + base;
