import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Page } from "@/components/ui/Page";
import { Select } from "@/components/ui/Select";
import { type WorkloadFilter, workloadsQuery } from "@/data/admin";
import { t } from "@/texts";

import { KINDS, STATES } from "./filters";
import { StopMany } from "./StopMany";
import { WorkloadTable } from "./WorkloadTable";

const option = <V extends string>(value: V, label: string) => ({ value, label });

export function WorkloadsPage() {
  const filter = useSearch({ from: "/admin/workloads" });
  const navigate = useNavigate({ from: "/admin/workloads" });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const query = useInfiniteQuery(workloadsQuery(filter));
  const set = (change: WorkloadFilter) => {
    setChosen(new Set());
    void navigate({ search: { ...filter, ...change }, replace: true });
  };
  return (
    <Page title={t.shell.workloads} actions={<StopMany workloads={(query.data ?? []).filter((each) => chosen.has(each.id))} onDone={() => setChosen(new Set())} />}>
      <div className="mb-3 flex flex-wrap gap-2">
        <Select label={t.admin.kind} value={filter.kind ?? "any"} onChange={(kind) => set({ kind: kind === "any" ? undefined : kind })} options={[option("any", t.admin.anyKind), ...KINDS.map((kind) => option(kind, t.happening.kinds[kind]))]} />
        <Select label={t.admin.state} value={filter.state ?? "any"} onChange={(state) => set({ state: state === "any" ? undefined : state })} options={[option("any", t.admin.anyState), ...STATES.map((state) => option(state, t.states[state]))]} />
        <FilterInput label={t.admin.ofUser} value={filter.user ?? ""} onChange={(user) => set({ user: user || undefined })} className="w-40" />
        <FilterInput label={t.admin.ofProject} value={filter.project ?? ""} onChange={(project) => set({ project: project || undefined })} className="w-40" />
      </div>
      <Loaded query={query}>
        {(workloads) => (
          <>
            <WorkloadTable workloads={workloads} chosen={chosen} onChoose={setChosen} />
            <MoreButton query={query} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
