/** How often a condition is asked again, in milliseconds. */
const INTERVAL_MS = 10;

/**
 * Waits for something that another process does, by asking again and again.
 *
 * @param what completes "gave up waiting for …" in the error
 * @throws Error when the condition does not hold within `timeoutMs`
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`gave up waiting for ${what} after ${timeoutMs} ms`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, INTERVAL_MS);
    });
  }
}
