/** The part of `tr46` (UTS #46) that is used here; the package brings no types of its own. */
declare module 'tr46' {
  interface ProcessingOptions {
    readonly checkHyphens?: boolean;
    readonly checkBidi?: boolean;
    readonly checkJoiners?: boolean;
    readonly useSTD3ASCIIRules?: boolean;
    readonly transitionalProcessing?: boolean;
  }
  /** The A-label form, or null where UTS #46 refuses the name. */
  export function toASCII(
    domain: string,
    options?: ProcessingOptions & { readonly verifyDNSLength?: boolean },
  ): string | null;
  export function toUnicode(
    domain: string,
    options?: ProcessingOptions,
  ): { readonly domain: string; readonly error: boolean };
}
