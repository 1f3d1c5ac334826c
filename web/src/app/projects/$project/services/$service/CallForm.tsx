import { useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/Button";
import { ErrorPanel } from "@/components/ui/ErrorPanel";
import { Input, Textarea } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import type { Service, ServiceCall } from "@/data/schema";
import { callService } from "@/data/services";
import { headersOf, wirePath } from "@/lib/callLines";
import { t } from "@/texts";

import { Answer } from "./Answer";
import { SameElsewhere } from "./SameElsewhere";

const METHODS: ServiceCall["method"][] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

interface Props {
  service: Service;
  initial: { method: string; path: string; body: string };
}

function useCall(service: Service, initial: Props["initial"]) {
  const [method, setMethod] = useState<ServiceCall["method"]>(METHODS.find((each) => each === initial.method) ?? "GET");
  const [path, setPath] = useState(initial.path);
  const [port, setPort] = useState(String(service.spec.ports[0] ?? ""));
  const [headers, setHeaders] = useState("");
  const [body, setBody] = useState(initial.body);
  const sent = method === "GET" || method === "HEAD" ? "" : body;
  const call = useMutation({
    mutationFn: async () => {
      const own = headersOf(headers);
      const json: Record<string, string> = sent === "" ? {} : { "Content-Type": "application/json" };
      const first = service.spec.model !== null || port === String(service.spec.ports[0]);
      return callService(service.project, service.name, { method, path: wirePath(path), port: first ? null : Number(port), headers: { ...json, ...own }, body: sent });
    },
  });
  return { method, setMethod, path, setPath, port, setPort, headers, setHeaders, body, setBody, sent, call };
}

/** One request: method, path and body; the answer below it. */
export function CallForm({ service, initial }: Props) {
  const { method, setMethod, path, setPath, port, setPort, headers, setHeaders, body, setBody, sent, call } = useCall(service, initial);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    call.mutate();
  };
  const ports = service.spec.model ? [] : service.spec.ports;
  return (
    <>
      <form onSubmit={submit} className="mb-6 rounded-lg border border-line bg-surface p-4">
        <div className="flex flex-wrap items-end gap-2">
          <Select label={t.services.method} value={method} onChange={setMethod} options={METHODS.map((each) => ({ value: each, label: each }))} />
          {ports.length > 1 && <Select label={t.services.port} value={port} onChange={setPort} options={ports.map((each) => ({ value: String(each), label: `:${each}` }))} />}
          <Input aria-label={t.services.path} value={path} onChange={(event) => setPath(event.target.value)} required spellCheck={false} autoComplete="off" className="mt-0! w-auto! min-w-40 flex-1 font-mono" />
          <Button type="submit" look="primary" busy={call.isPending}><Send size={14} aria-hidden />{t.services.send}</Button>
        </div>
        {method !== "GET" && method !== "HEAD" && (
          <label className="mt-3 block font-medium">
            {t.services.body}
            <Textarea value={body} onChange={(event) => setBody(event.target.value)} rows={Math.min(16, Math.max(5, body.split("\n").length))} spellCheck={false} className="font-mono font-normal" />
          </label>
        )}
        <details className="mt-2">
          <summary className="w-fit py-1.5 text-muted hover:text-text">{t.services.headers}</summary>
          <Textarea aria-label={t.services.headers} value={headers} onChange={(event) => setHeaders(event.target.value)} placeholder="Accept: text/csv" spellCheck={false} className="font-mono" />
          <p className="mt-1 text-sm text-muted">{t.services.headersHint}</p>
        </details>
      </form>
      <div aria-live="polite" className="mb-6">
        {call.error && <ErrorPanel error={call.error} />}
        {call.data && <Answer answer={call.data} />}
      </div>
      <SameElsewhere service={service} method={method} path={path} body={sent} />
    </>
  );
}
