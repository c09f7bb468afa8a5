/** Rows of the table of errors (`errors.ts`) about who gets in: logins, sessions, accounts. */
import { row } from './error-row.ts'

export const ACCESS_ERRORS = {
  ACCESS_LOGIN: row('You are not logged in.', 'Log in, or send an API token.', 401, 0x0124),
  ACCESS_BAD_CREDENTIALS: row(
    'The name or the password is wrong.',
    'Try again; ask an administrator for a new password if it is lost.',
    401,
    0x0124,
  ),
  ACCESS_TOO_MANY: row('Too many attempts.', 'Wait {seconds} seconds and try again.', 429, 0x0124),
  ACCESS_CSRF: row(
    'The request does not carry the session’s CSRF token.',
    'Reload the page and try again.',
    403,
    0x0124,
  ),
  ACCESS_MUST_CHANGE: row(
    'Your password is for one use and must be changed first.',
    'Change it on the account page, or with POST /api/account/password.',
    403,
    0x0124,
  ),
  ACCESS_CODE_NEEDED: row(
    'This account has a second factor: the password alone is not enough.',
    'Give the code of your authenticator app too, or a recovery code; programs send an API token.',
    401,
    0x0124,
  ),
  ACCESS_BAD_CODE: row(
    'The code is wrong, or was used already.',
    'Wait for the next code of your app, or use a recovery code; if both are lost, ask an administrator to reset the second factor.',
    401,
    0x0124,
  ),
  ACCESS_TOKEN_ADDRESS: row(
    'This API token may not be used from your address.',
    'Use it from an address it was made for, or make another under Account.',
    403,
    0x0124,
  ),
  ACCESS_MUST_ENROL: row(
    'Your role needs a second factor, and your account has none yet.',
    'Set one up on the account page, or with POST /api/account/second-factor.',
    403,
    0x0124,
  ),
  ACCESS_FACTOR_NOT_BEGUN: row(
    'No second factor is being set up, or it was begun more than ten minutes ago.',
    'Begin again, and give a code of your app for the new secret.',
    409,
    0x0110,
  ),
  ACCESS_FACTOR_STATE: row('The second factor of this account {why}.', 'Look at the account page again.', 409, 0x0110),
  ACCESS_FACTOR_UNREADABLE: row(
    'The second factors cannot be read: keys/second-factor.key is not the key they were sealed with.',
    'Put the key back from a backup; until then recovery codes work, or an administrator resets a second factor.',
    500,
    0x0110,
  ),
  ACCESS_WEAK_PASSWORD: row('The new password is not taken: {why}.', 'Choose a longer, less regular one.', 400, 0x0110),
  ACCESS_ORIGIN: row(
    'The request comes from another site.',
    'Open the archive’s own address; a proxy must pass the Host header on.',
    403,
    0x0124,
  ),
  ACCOUNT_EXISTS: row('There is an account of that name.', 'Choose another name.', 409, 0x0110),
  ACCOUNT_LAST_ADMINISTRATOR: row(
    'This is the last administrator with a local account.',
    'Make another local account an administrator first.',
    409,
    0x0110,
  ),
  ACCOUNT_PROVIDER: row(
    'The {what} of this account comes from the login provider.',
    'Change it there; to keep somebody out, disable the account here too.',
    409,
    0x0110,
  ),
  LOGIN_PROVIDER_AWAY: row(
    'The login provider does not answer.',
    'Try again, or log in with an account of this archive; the log of the archive says what was tried.',
    503,
    0x0110,
  ),
  LOGIN_REFUSED: row(
    'The answer of the login provider is not accepted: {why}.',
    'Log in again; if it stays, show this to an administrator.',
    401,
    0x0124,
  ),
  LOGIN_WEAK: row(
    'The login provider does not vouch for {wanted} ({claim}), which this archive asks for.',
    'Log in with a second factor at the provider.',
    401,
    0x0124,
  ),
  LOGIN_NO_NAME: row(
    'The login provider does not say who you are: the claim {claim} is missing.',
    'An administrator sets oidc.nameClaim, or has the provider send the claim.',
    401,
    0x0124,
  ),
  LOGIN_NO_ROLE: row(
    'You are known to the login provider, and have no role in this archive: nothing it says of you (claim {claim}) is mapped to one.',
    'Ask an administrator for entry; oidc.roles says who has it.',
    403,
    0x0124,
  ),
  LOGIN_LONE_ROLE: row(
    'What the login provider says of you gives the role {role} together with {others}, and {role} goes with no other.',
    'Ask whoever looks after the provider for two accounts.',
    403,
    0x0124,
  ),
  LOGIN_DISABLED: row('Your account in this archive is disabled.', 'Ask an administrator.', 403, 0x0124),
} as const
