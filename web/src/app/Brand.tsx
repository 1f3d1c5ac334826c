/** The lab's mark, the same as its icon in the browser and on its sign-in page. */
export function Brand() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className="size-6 shrink-0">
      <rect width="32" height="32" rx="7" fill="#3b5bdb" />
      <path d="M12 6h8M14 6v7L8 24a2 2 0 0 0 2 3h12a2 2 0 0 0 2-3l-6-11V6" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
