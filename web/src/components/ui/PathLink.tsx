import { Link, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Props {
  path: string;
  className?: string;
  children: ReactNode;
}

/** A link to an address that was put together; plain text where there is no page. */
export function PathLink({ path, className, children }: Props) {
  const router = useRouter();
  const [, params, route] = router.getMatchedRoutes(path);
  if (route === undefined || "**" in params) return <span className={className}>{children}</span>;
  return <Link to={path} className={className}>{children}</Link>;
}
