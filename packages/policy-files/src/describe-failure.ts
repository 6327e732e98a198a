/** What the system calls it, and what it is for people. */
const inWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'it is no folder',
  EISDIR: 'it is a folder, and no file',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  ELOOP: 'its symbolic links lead nowhere',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is no text in UTF-8',
  ERR_OSSL_UNSUPPORTED: 'the private key is not in PKCS#8 PEM',
};

/** Why something could not be read or reached, in words for people where there are some. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const words = code === undefined ? undefined : inWords[code];
  if (words !== undefined) return path === undefined ? words : `${path}: ${words}`;
  // A connection that was tried to several addresses of one name.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message === '' && first !== undefined ? String(first) : error.message;
}
