/** How many slots keys are divided into. */
export const slotCount = 16_384;

/**
 * The slot of a key (Redis Cluster specification, "Key distribution model"): CRC-16/XMODEM of its hash tag, the first non-empty
 * text in braces, or of the whole key where it has none.
 */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(hashedPart(key)))
    crc = ((crc << 8) ^ (table[(crc >> 8) ^ byte] ?? 0)) & 0xffff;
  return crc % slotCount;
}

function hashedPart(key: string): string {
  const begin = key.indexOf('{');
  if (begin === -1) return key;
  const end = key.indexOf('}', begin + 1);
  return end <= begin + 1 ? key : key.slice(begin + 1, end);
}

const polynomial = 0x1021;

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ polynomial : crc << 1;
  return crc;
});
