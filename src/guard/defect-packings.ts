import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { Unwrap } from './defect-paths.ts';

/** Local parts of an own domain that a gateway unpacks into another address; null where there is none in them. */
function unpacking(unpack: (localPart: string) => string | null): Unwrap {
  return (path, isOwn) => {
    const { localPart, domain } = splitEnvelopeAddress(path);
    return domain !== null && isOwn(domain) ? unpack(localPart) : null;
  };
}

/** The way in which a gateway packs an address into a local part: the one of the marks that stands for the at-sign. */
function packedBy(...marks: readonly string[]): Unwrap {
  return unpacking((localPart) => {
    const parts = marks.map((mark) => localPart.split(mark)).find(({ length }) => length === 2);
    const [local = '', target = ''] = parts ?? [];
    return local !== '' && target.includes('.') ? `${local}@${target}` : null;
  });
}

/** `v=T@own` leads to `v@T`. */
export const equalsSign = packedBy('=');

/** `v_at_T@own` and `v-at-T@own` lead to `v@T`. */
export const atWord = packedBy('_at_', '-at-');

/** `v_T@own` leads to `v@T`. */
export const underscore = packedBy('_');

/** `v--T@own` leads to `v@T`. */
export const doubleHyphen = packedBy('--');

/** `v#T@own` leads to `v@T`. */
export const hashSign = packedBy('#');

/** `prvs=tag=v=T@own` and `prvs=tag=v@T@own` lead to `v@T`, and nobody checks the tag. */
export const uncheckedBatv = unpacking((localPart) => {
  const [, local, target] = /^prvs=[^=]*=([^=@]+)[=@]([^=@]+)$/i.exec(localPart) ?? [];
  return local !== undefined && target !== undefined ? `${local}@${target}` : null;
});
