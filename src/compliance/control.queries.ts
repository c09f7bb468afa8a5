/**
 * SQL of control data (`control.db`): accounts, second factors, API tokens, allowed devices, refused callers, storage
 * commitments that wait for their answer; routes: `routes.queries.ts`, what is wanted of priors: `prior-wishes.queries.ts`. Read and written only by `control.ts`.
 */
import type { ControlStore } from '../storage/sql/control-store.ts'

/** Applied once each, in order; never edited once released. */
export const CONTROL_MIGRATIONS: readonly string[] = [
  `create table accounts (
     account_id      text primary key,                       -- u:<16 hex>, the pseudonym leaves hold
     name            text not null,
     name_key        text not null unique,                   -- NFKC, lower case: what a login is looked up by
     roles           text not null,                          -- JSON array
     password        text not null,                          -- as password.ts writes it
     must_change     integer not null check (must_change in (0, 1)),
     disabled        integer not null check (disabled in (0, 1)),
     created_at      text not null,                          -- RFC 3339, UTC
     password_set_at text not null,
     last_login_at   text
   ) strict;
   create table tokens (
     token_id     text primary key,
     account_id   text not null references accounts (account_id),
     hash         text not null unique,                      -- SHA-256 of the secret, hex
     label        text not null,
     created_at   text not null,
     expires_at   text not null,
     last_used_at text
   ) strict;
   create index tokens_by_account on tokens (account_id);
   create table devices (
     aet        text not null,
     host       text not null,                               -- '' matches any address
     allowed_at text not null,
     primary key (aet, host)
   ) strict;
   create table refused_callers (
     aet       text not null,
     host      text not null,
     last_seen text not null,
     times     integer not null,
     primary key (aet, host)
   ) strict;`,
  `create table commitments (                                -- asked for, and not yet answered
     device      text not null,                              -- AE title of the asker
     transaction_uid text not null,
     address     text not null,
     asked       text not null,                              -- JSON, [SOP class, SOP instance] each
     asked_at    text not null,                              -- RFC 3339, UTC
     attempts    integer not null,
     next_at     text not null,
     why         text not null,                              -- of the last attempt that failed; else ''
     primary key (device, transaction_uid)
   ) strict;
   create index commitments_by_time on commitments (next_at);`,
  `create table second_factors (
     account_id text primary key references accounts (account_id),
     secret     text not null,                               -- of the authenticator app, sealed as sealing.ts writes it
     since      text not null,                               -- RFC 3339, UTC
     last_step  integer not null                             -- no code of this time step or an older one is taken again
   ) strict;
   create table recovery_codes (                             -- those not used yet
     account_id text not null references second_factors (account_id) on delete cascade,
     hash       text not null,                               -- SHA-256, hex
     primary key (account_id, hash)
   ) strict;`,
  `alter table tokens add column scopes text not null default '[]';     -- JSON array; empty: no limit
   alter table tokens add column addresses text not null default '[]';  -- JSON array of CIDR; empty: from anywhere`,
  `create table identities (                                 -- accounts that an OpenID Connect provider vouches for
     issuer     text not null,
     subject    text not null,
     account_id text not null unique references accounts (account_id),
     primary key (issuer, subject)
   ) strict;`,
  `create table routes (
     route_id   integer primary key,
     name       text not null,
     enabled    integer not null check (enabled in (0, 1)),
     rule       text not null,                               -- JSON, as api/routing.ts has it
     changed_by text not null,
     changed_at text not null
   ) strict;
   create table route_queue (                                -- to be sent, and not yet kept by its destination
     destination text not null,
     instance_n  integer not null,                           -- the archive's number of what was received
     study       text not null,
     series      text not null,
     instance    text not null,
     route_id    integer not null,
     queued_at   text not null,
     attempts    integer not null,
     next_at     text not null,
     stuck       integer not null check (stuck in (0, 1)),   -- refused by the destination: a person decides
     why         text not null,
     primary key (destination, instance_n)
   ) strict;
   create index route_queue_due on route_queue (destination, stuck, next_at, instance_n);
   create table route_cursor (                               -- how far arrivals were held against the rules
     only_one   integer primary key check (only_one = 1),
     instance_n integer not null
   ) strict;`,
  `create table notices (                                    -- of performed procedures: to be told, and not yet heard
     notice_id   integer primary key,
     destination text not null,                              -- AE title
     kind        text not null check (kind in ('create', 'set', 'availability')),
     sop         text not null,                              -- of the step
     attributes  text not null,                              -- DICOM JSON
     queued_at   text not null,                              -- RFC 3339, UTC
     attempts    integer not null,
     next_at     text not null,
     why         text not null
   ) strict;
   create index notices_by_step on notices (destination, sop, notice_id);`,
  `create table prior_rules (
     rule_id    integer primary key,
     name       text not null,
     enabled    integer not null check (enabled in (0, 1)),
     rule       text not null,                               -- JSON: current, prior, years, points
     changed_by text not null,
     changed_at text not null
   ) strict;
   create table prior_choices (                              -- which prior a person wanted beside a study
     person     text not null,                               -- u:<16 hex>
     study      text not null,
     prior      text not null,
     study_kind text not null,                               -- regions|families, as the record names them
     prior_kind text not null,
     chosen_at  text not null,
     primary key (person, study)
   ) strict;
   create index prior_choices_by_kind on prior_choices (person, study_kind, prior_kind);
   create index prior_choices_by_time on prior_choices (person, chosen_at)`,
]

export interface CommitmentRow {
  readonly device: string
  readonly transaction_uid: string
  readonly address: string
  readonly asked: string
  readonly asked_at: string
  readonly attempts: number
  readonly next_at: string
  readonly why: string
}

export const commitment = (store: ControlStore, device: string, transaction: string) =>
  store.one<CommitmentRow>('select * from commitments where device = ? and transaction_uid = ?', device, transaction)

export const commitmentsWaiting = (store: ControlStore) =>
  store.one<{ waiting: number }>('select count(*) as waiting from commitments')?.waiting ?? 0

export const commitmentsByTime = (store: ControlStore, limit: number) =>
  store.all<CommitmentRow>('select * from commitments order by next_at, device, transaction_uid limit ?', limit)

export const insertCommitment = (store: ControlStore, row: CommitmentRow) =>
  store.run(
    `insert into commitments (device, transaction_uid, address, asked, asked_at, attempts, next_at, why)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    row.device,
    row.transaction_uid,
    row.address,
    row.asked,
    row.asked_at,
    row.attempts,
    row.next_at,
    row.why,
  )

export const commitmentFailed = (
  store: ControlStore,
  device: string,
  transaction: string,
  attempts: number,
  next: string,
  why: string,
) =>
  store.run(
    'update commitments set attempts = ?, next_at = ?, why = ? where device = ? and transaction_uid = ?',
    attempts,
    next,
    why,
    device,
    transaction,
  )

export const deleteCommitment = (store: ControlStore, device: string, transaction: string) =>
  store.run('delete from commitments where device = ? and transaction_uid = ?', device, transaction)

/** An account, whether it has a second factor (1) or none (0), and the provider that vouches for it. */
export interface AccountRow {
  readonly account_id: string
  readonly name: string
  readonly name_key: string
  readonly roles: string
  readonly password: string
  readonly must_change: number
  readonly disabled: number
  readonly created_at: string
  readonly password_set_at: string
  readonly last_login_at: string | null
  readonly factor: number
  readonly issuer: string | null
}

export interface FactorRow {
  readonly account_id: string
  readonly secret: string
  readonly since: string
  readonly last_step: number
}

export interface TokenRow {
  readonly token_id: string
  readonly account_id: string
  readonly hash: string
  readonly label: string
  readonly created_at: string
  readonly expires_at: string
  readonly last_used_at: string | null
  readonly scopes: string
  readonly addresses: string
}

export interface CallerRow {
  readonly aet: string
  readonly host: string
  readonly last_seen: string
  readonly times: number
}

const ACCOUNTS = `select accounts.*, second_factors.account_id is not null as factor, identities.issuer
                    from accounts left join second_factors using (account_id) left join identities using (account_id)`

export const accountById = (store: ControlStore, id: string) =>
  store.one<AccountRow>(`${ACCOUNTS} where accounts.account_id = ?`, id)

export const accountByName = (store: ControlStore, key: string) =>
  store.one<AccountRow>(`${ACCOUNTS} where name_key = ?`, key)

export const accountOfIdentity = (store: ControlStore, issuer: string, subject: string) =>
  store.one<AccountRow>(`${ACCOUNTS} where identities.issuer = ? and identities.subject = ?`, issuer, subject)

export const insertIdentity = (store: ControlStore, issuer: string, subject: string, account: string) =>
  store.run('insert into identities (issuer, subject, account_id) values (?, ?, ?)', issuer, subject, account)

export const allAccounts = (store: ControlStore) => store.all<AccountRow>(`${ACCOUNTS} order by name_key`)

export const insertAccount = (store: ControlStore, row: Omit<AccountRow, 'factor' | 'issuer'>) =>
  store.run(
    `insert into accounts (account_id, name, name_key, roles, password, must_change, disabled, created_at,
                           password_set_at, last_login_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.account_id,
    row.name,
    row.name_key,
    row.roles,
    row.password,
    row.must_change,
    row.disabled,
    row.created_at,
    row.password_set_at,
    row.last_login_at,
  )

export const setPassword = (store: ControlStore, id: string, password: string, mustChange: number, at: string) =>
  store.run(
    'update accounts set password = ?, must_change = ?, password_set_at = ? where account_id = ?',
    password,
    mustChange,
    at,
    id,
  )

export const setRoles = (store: ControlStore, id: string, roles: string) =>
  store.run('update accounts set roles = ? where account_id = ?', roles, id)

export const setDisabled = (store: ControlStore, id: string, disabled: number) =>
  store.run('update accounts set disabled = ? where account_id = ?', disabled, id)

export const noteLogin = (store: ControlStore, id: string, at: string) =>
  store.run('update accounts set last_login_at = ? where account_id = ?', at, id)

export const factorOf = (store: ControlStore, account: string) =>
  store.one<FactorRow>('select * from second_factors where account_id = ?', account)

export const insertFactor = (store: ControlStore, row: FactorRow) =>
  store.run(
    'insert into second_factors (account_id, secret, since, last_step) values (?, ?, ?, ?)',
    row.account_id,
    row.secret,
    row.since,
    row.last_step,
  )

/** Its recovery codes go with it. */
export const deleteFactor = (store: ControlStore, account: string) =>
  store.run('delete from second_factors where account_id = ?', account)

/** Gives 0 when a code of this step or a later one was taken meanwhile. */
export const takeStep = (store: ControlStore, account: string, step: number) =>
  store.run('update second_factors set last_step = ? where account_id = ? and last_step < ?', step, account, step)

export const recoveryCodesLeft = (store: ControlStore, account: string) =>
  store.one<{ left: number }>('select count(*) as "left" from recovery_codes where account_id = ?', account)?.left ?? 0

export const insertRecoveryCode = (store: ControlStore, account: string, hash: string) =>
  store.run('insert into recovery_codes (account_id, hash) values (?, ?)', account, hash)

/** Gives 0 when it is none, or was used. */
export const takeRecoveryCode = (store: ControlStore, account: string, hash: string) =>
  store.run('delete from recovery_codes where account_id = ? and hash = ?', account, hash)

export const deleteRecoveryCodes = (store: ControlStore, account: string) =>
  store.run('delete from recovery_codes where account_id = ?', account)

export const insertToken = (store: ControlStore, row: TokenRow) =>
  store.run(
    `insert into tokens (token_id, account_id, hash, label, created_at, expires_at, last_used_at, scopes, addresses)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.token_id,
    row.account_id,
    row.hash,
    row.label,
    row.created_at,
    row.expires_at,
    row.last_used_at,
    row.scopes,
    row.addresses,
  )

export const tokenByHash = (store: ControlStore, hash: string) =>
  store.one<TokenRow>('select * from tokens where hash = ?', hash)

export const tokensOf = (store: ControlStore, account: string) =>
  store.all<TokenRow>('select * from tokens where account_id = ? order by created_at desc, token_id', account)

export const deleteToken = (store: ControlStore, account: string, id: string) =>
  store.run('delete from tokens where account_id = ? and token_id = ?', account, id)

export const deleteExpiredTokens = (store: ControlStore, before: string) =>
  store.run('delete from tokens where expires_at < ?', before)

export const noteTokenUse = (store: ControlStore, id: string, at: string) =>
  store.run('update tokens set last_used_at = ? where token_id = ?', at, id)

export const allowedDevices = (store: ControlStore) =>
  store.all<{ aet: string; host: string }>('select aet, host from devices order by aet, host')

export const insertDevice = (store: ControlStore, aet: string, host: string, at: string) =>
  store.run('insert into devices (aet, host, allowed_at) values (?, ?, ?) on conflict do nothing', aet, host, at)

export const refusedCallers = (store: ControlStore) =>
  store.all<CallerRow>('select aet, host, last_seen, times from refused_callers order by last_seen, aet, host')

export const replaceRefusedCallers = (store: ControlStore, callers: readonly CallerRow[]) =>
  store.together(() => {
    store.run('delete from refused_callers')
    for (const caller of callers)
      store.run(
        'insert into refused_callers (aet, host, last_seen, times) values (?, ?, ?, ?)',
        caller.aet,
        caller.host,
        caller.last_seen,
        caller.times,
      )
  })
