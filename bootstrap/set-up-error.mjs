/** Something that the person at the keyboard can mend; the message says how, and no stack trace is shown. */
export class SetUpError extends Error {}
