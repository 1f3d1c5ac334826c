import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/ui/Loaded";
import { Facts, Page } from "@/components/ui/Page";
import { tokensQuery } from "@/data/account";
import { meQuery } from "@/data/me";
import { t } from "@/texts";

import { Appearance } from "./Appearance";
import { Password } from "./Password";
import { Profile } from "./Profile";
import { Sessions } from "./Sessions";
import { Tokens } from "./Tokens";

export function AccountPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const tokens = useInfiniteQuery(tokensQuery);
  const user = me.user ?? "";
  return (
    <Page title={t.shell.account}>
      <Facts facts={[[t.members.user, <code key="user">{user}</code>], [t.account.rights, me.is_admin ? t.account.admin : t.account.member]]} />
      <div className="grid gap-x-8 lg:grid-cols-2">
        <Profile user={user} name={me.display_name} />
        <Password user={user} />
      </div>
      <Loaded query={tokens}>
        {(all) => (
          <>
            <Tokens tokens={all.filter((token) => token.kind === "api")} query={tokens} />
            <Sessions sessions={all.filter((token) => token.kind === "session")} current={me.token_id ?? null} />
          </>
        )}
      </Loaded>
      <Appearance />
    </Page>
  );
}
