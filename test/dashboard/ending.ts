/** Where what was started is ended: a test, or a program that is none. */
export interface Ending {
  readonly onTestFinished: (end: () => void) => void;
}
