/** The code of an error of the system, such as `ENOSPC`; null for any other error. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
