// greedy up to the last @ of the word: a password may hold @ and / though it should not
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*[@＠]/gi;
// an address that was cut off within its password: what follows the colon is no port
const cutUserInfo =
  /([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>/?#@:[]+[:：](?!(?:\d{1,5}|port|\*)(?![^\s"'<>/?#,;.:)\]]))[^\s"'<>]*/gi;
const secretQuery =
  /([?&](?:token|access_token|password|passwd|pwd|secret|sign|signature|key|api_key|auth)=)[^&\s"']*/gi;

/** Hides what must not be printed: user and password of any URL, and secret query parameters. Every log line, error and title passes here. */
export function redact(text: string): string {
  return text.replace(userInfo, '$1***@').replace(cutUserInfo, '$1***').replace(secretQuery, '$1***');
}
