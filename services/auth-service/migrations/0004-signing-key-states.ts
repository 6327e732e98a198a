import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Signing keys in three states: `next` is published and does not sign yet, `active` signs, `retired` is published until no
 * token of it can be valid. There is at most one of each of the first two. A key that does not sign any more keeps no private half.
 */
export const signingKeyStates: Migration = {
  async up(database: Kysely<unknown>) {
    await sql`
      alter table auth.signing_keys
        add column state text not null default 'retired' check (state in ('next', 'active', 'retired')),
        add column activated_at timestamptz,
        add column retired_at timestamptz,
        alter column sealed_private_jwk drop not null
    `.execute(database);
    await sql`
      update auth.signing_keys set state = 'active', activated_at = created_at
      where kid = (select kid from auth.signing_keys order by created_at desc limit 1)
    `.execute(database);
    await sql`
      update auth.signing_keys set activated_at = created_at, retired_at = now(), sealed_private_jwk = null
      where state = 'retired'
    `.execute(database);
    await sql`
      alter table auth.signing_keys
        alter column state drop default,
        add constraint private_half_while_needed check ((sealed_private_jwk is null) = (state = 'retired')),
        add constraint dates_fit_state check (
          (activated_at is null) = (state = 'next') and (retired_at is null) = (state <> 'retired'))
    `.execute(database);
    await sql`
      create unique index signing_keys_one_of_each on auth.signing_keys (state) where state <> 'retired'
    `.execute(database);
  },
};
