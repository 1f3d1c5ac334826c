import type { ErrorComponentProps } from "@tanstack/react-router";

import { Button } from "@/components/ui/Button";
import { ErrorPanel } from "@/components/ui/ErrorPanel";
import { t } from "@/texts";

/** What stands in place of a page that failed. */
export function Crash({ error }: ErrorComponentProps) {
  return (
    <main id="main" className="mx-auto max-w-2xl p-6">
      <h1 className="mb-2 text-xl font-semibold">{t.common.crash.title}</h1>
      <p className="mb-4 text-muted">{t.common.crash.text}</p>
      <ErrorPanel error={error} />
      <Button className="mt-4" onClick={() => location.reload()}>{t.common.crash.reload}</Button>
    </main>
  );
}
