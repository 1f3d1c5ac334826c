import { t } from "@/texts";

import { Button } from "./Button";

interface Failure {
  message: string;
  requestId?: string;
}

const failureOf = (error: unknown): Failure =>
  error instanceof Error ? error : { message: String(error) };

/** What failed, in its place, with a way to try again. */
export function ErrorPanel({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, requestId } = failureOf(error);
  return (
    <div role="alert" className="rounded-lg border border-bad/40 bg-bad-bg p-4 text-bad">
      <p className="font-semibold">{t.common.failed}</p>
      <p className="mt-1 break-words">{message}</p>
      {requestId && <p className="mt-1 text-sm">{t.common.requestId} <code>{requestId}</code></p>}
      {onRetry && <Button className="mt-3" onClick={onRetry}>{t.common.retry}</Button>}
    </div>
  );
}

/** One line under a form or in a dialog; nothing when there is no error. */
export function ErrorText({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return <p role="alert" className="mb-4 rounded-md bg-bad-bg px-3 py-2 break-words text-bad">{failureOf(error).message}</p>;
}
