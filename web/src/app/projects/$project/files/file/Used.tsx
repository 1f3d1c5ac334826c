import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { FlaskConical, Laptop, Radio, SquarePlay } from "lucide-react";

import { Empty } from "@/components/ui/Empty";
import { FileLink } from "@/components/ui/FileLink";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import type { FileAddress } from "@/data/files";
import type { Use } from "@/data/schema";
import { usesQuery } from "@/data/uses";
import { base } from "@/lib/base";
import { readLines } from "@/lib/snippets";
import { t } from "@/texts";

const words = t.files.used;
const ICONS = { run: FlaskConical, job: SquarePlay, "job-run": SquarePlay, service: Radio, workspace: Laptop } as const;
const LINK = "font-medium break-all hover:underline";

function Name({ use }: { use: Use }) {
  const { project, name, by, number, run_id: run, experiment_id: experiment } = use;
  if (by === "run" && run && experiment) return <Link to="/projects/$project/experiments/$experiment/runs/$run" params={{ project, experiment, run }} className={LINK}>{name || run.slice(0, 8)}</Link>;
  if (by === "job") return <Link to="/projects/$project/jobs/$job" params={{ project, job: name }} className={LINK}>{name}</Link>;
  if (by === "job-run") return <Link to="/projects/$project/jobs/$job/runs/$number" params={{ project, job: name, number: String(number) }} className={LINK}>{name} #{number}</Link>;
  if (by === "service") return <Link to="/projects/$project/services/$service" params={{ project, service: name }} className={LINK}>{name}</Link>;
  return <span className="font-medium">{name}</span>;
}

/** Who it is, and the registered models that came of it. */
function Who({ use }: { use: Use }) {
  const Icon = ICONS[use.by];
  return (
    <span className="flex items-start gap-2">
      <Icon size={14} aria-hidden className="mt-1 shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="text-muted">{words.by[use.by]}</span> <Name use={use} />
        {use.models.map((each) => (
          <span key={each.name + each.version} className="block text-sm text-muted">
            → <Link to="/projects/$project/registry/$name" params={{ project: use.project, name: each.name }} className="underline">{each.name}</Link> {words.version(each.version)}
          </span>
        ))}
        <span className="block text-sm text-muted md:hidden">{use.state && `${t.states[use.state]} · `}<Ago at={use.at} /> · {use.user}</span>
      </span>
    </span>
  );
}

function Uses({ address, uses }: { address: FileAddress; uses: Use[] }) {
  const keyOf = (use: Use) => [use.by, use.name, use.number, use.run_id, use.how, use.version].join("/");
  return (
    <Table
      label={words.title}
      rows={uses}
      rowKey={keyOf}
      columns={[
        { head: words.who, cell: (use) => <Who use={use} /> },
        { head: words.how, cell: (use) => <span className="whitespace-nowrap">{words.hows[use.how]}</span> },
        {
          head: t.files.version,
          cell: (use) => use.version == null
            ? <span className="text-muted">{words.newest}</span>
            : <span className="whitespace-nowrap"><FileLink project={address.project} kind={address.kind} fileKey={address.key} version={use.version}>{t.files.versionOf(use.version)}</FileLink></span>,
        },
        { head: words.state, wide: true, cell: (use) => use.state && <Status state={use.state} /> },
        { head: t.files.by, wide: true, cell: (use) => use.user },
        { head: words.at, wide: true, cell: (use) => <Ago at={use.at} /> },
      ]}
    />
  );
}

/** What depends on the file, then who has used it: of the version in the address, else of all. */
export function Used({ address }: { address: FileAddress }) {
  const { version } = useSearch({ from: `/projects/$project/${address.kind}/$` });
  const query = useInfiniteQuery(usesQuery(address, version));
  const all = <Link to={`/projects/$project/${address.kind}/$`} params={{ project: address.project, _splat: address.key }} search={{ tab: "used" }} className="underline">{words.all}</Link>;
  return (
    <>
      {version !== undefined && <p className="mb-3 text-muted">{words.only(version)} {all}</p>}
      <Loaded query={query}>
        {(uses) => (
          <>
            {uses.length === 0 && !query.hasNextPage
              ? <Empty code={readLines(address, version, location.origin + base).environment}>{version === undefined ? words.none : words.noneOf(version)}</Empty>
              : <Uses address={address} uses={uses} />}
            <MoreButton query={query} />
            <p className="mt-3 max-w-prose text-sm text-muted">{words.hint}</p>
          </>
        )}
      </Loaded>
    </>
  );
}
