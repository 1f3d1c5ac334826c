import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Page } from "@/components/ui/Page";
import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { meQuery } from "@/data/me";
import type { User } from "@/data/schema";
import { usersQuery } from "@/data/users";
import { t } from "@/texts";

import { NewUserDialog } from "./NewUserDialog";
import { UserActions } from "./UserActions";

export function UsersPage() {
  const { q = "" } = useSearch({ from: "/admin/users" });
  const navigate = useNavigate({ from: "/admin/users" });
  const query = useInfiniteQuery(usersQuery(q));
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <Page title={t.shell.users} actions={<NewUserDialog trigger={<Button look="primary"><UserPlus size={16} aria-hidden />{t.admin.newUser}</Button>} />}>
      <FilterInput label={t.admin.filterUsers} value={q} onChange={(next) => void navigate({ search: { q: next || undefined }, replace: true })} />
      <Loaded query={query}>
        {(users) => (
          <>
            {users.length === 0 ? <p>{t.common.noHits}</p> : <Users users={users} me={me.user} />}
            <MoreButton query={query} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Users({ users, me }: { users: User[]; me: string | null | undefined }) {
  return (
    <Table
      label={t.shell.users}
      rows={users}
      rowKey={(user) => user.name}
      columns={[
        { head: t.members.user, cell: (user) => <span className="font-medium">{user.name}</span> },
        { head: t.admin.displayName, cell: (user) => user.display_name, wide: true },
        { head: t.account.rights, cell: (user) => (user.is_admin ? t.account.admin : t.account.member) },
        { head: t.admin.state, cell: stateOf, wide: true },
        { head: t.projects.created, cell: (user) => <Ago at={user.created_at} />, wide: true },
        { head: t.common.actions, cell: (user) => <UserActions user={user} own={user.name === me} />, numeric: true },
      ]}
    />
  );
}

const stateOf = (user: User) => (user.is_active ? <Status state="succeeded" label={t.admin.active} /> : <Status state="stopped" label={t.admin.inactive} />);
