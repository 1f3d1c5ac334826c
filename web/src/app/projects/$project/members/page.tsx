import { useInfiniteQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Page } from "@/components/ui/Page";
import { Select } from "@/components/ui/Select";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { meQuery } from "@/data/me";
import { membersQuery, putMember, removeMember, ROLES } from "@/data/members";
import { mayOwn, projectQuery } from "@/data/projects";
import type { Member, Role } from "@/data/schema";
import { t } from "@/texts";

import { AddMember } from "./AddMember";

const options = ROLES.map((role) => ({ value: role, label: t.members.roles[role] }));

export function MembersPage() {
  const { project: name } = useParams({ from: "/projects/$project" });
  const { data: project } = useSuspenseQuery(projectQuery(name));
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useInfiniteQuery(membersQuery(name));
  const client = useQueryClient();
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>(null);
  const owns = mayOwn(project);

  const change = async (member: Member, role: Role) => {
    setFailure(null);
    try {
      await putMember(name, member.user, role);
      say(t.members.changed(member.user, t.members.roles[role]));
    } catch (error) {
      setFailure(error);
    }
    await client.invalidateQueries({ queryKey: ["member", name] });
  };
  const remove = async (member: Member) => {
    await removeMember(name, member.user);
    if (member.user === me.user && !me.is_admin) {
      await navigate({ to: "/projects" });
      client.removeQueries({ queryKey: ["project"] });
    } else await client.invalidateQueries({ queryKey: ["member", name] });
  };
  const roleOf = (member: Member) =>
    owns ? <Select label={t.members.roleOf(member.user)} value={member.role} onChange={(role) => void change(member, role)} options={options} /> : t.members.roles[member.role];
  const leaveOf = (member: Member) => {
    const own = member.user === me.user;
    if (!owns && !own) return null;
    const action = own ? t.members.leave : t.members.remove;
    return (
      <Confirm trigger={<Button look="quiet" aria-label={`${action}: ${member.user}`}>{action}</Button>} title={own ? t.members.leaveTitle(name) : t.members.removeTitle(member.user)} action={action} onConfirm={() => remove(member)}>
        {t.members.removeText}
      </Confirm>
    );
  };

  return (
    <Page title={t.shell.members} actions={owns && <AddMember project={name} trigger={<Button look="primary"><UserPlus size={16} aria-hidden />{t.members.add}</Button>} />}>
      <p className="mb-4 max-w-prose text-muted">{t.members.about}</p>
      <ErrorText error={failure} />
      <Loaded query={query}>
        {(members) => (
          <>
            <Table
              label={t.shell.members}
              rows={members}
              rowKey={(member) => member.user}
              columns={[
                { head: t.members.user, cell: (member) => <span className="font-medium">{member.user}</span> },
                { head: t.members.role, cell: roleOf },
                { head: t.members.added, cell: (member) => <><Ago at={member.added_at} /> {t.projects.by} {member.added_by}</>, wide: true },
                { head: t.common.actions, cell: leaveOf, numeric: true },
              ]}
            />
            <MoreButton query={query} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
