import type { TextStorage } from '../../storage/page-storage.ts';

/** Views of one session that are kept at once: as many long queries as somebody goes back through. */
export const MAX_STORED_VIEWS = 24;

const LIST_KEY = 'lotstream.view';
const SLOT_PREFIX = 'lotstream.view.';
const SLOT = /^[0-9a-z]{1,12}$/;

/**
 * Views that are too long for an address. Each address names a slot of its own, made from what the view is about: what is
 * shown beside an address is its own query or none, never that of another one.
 */
export function storeView(subject: string, view: string, storage: TextStorage): string {
  const slot = slotOf(subject);
  const others = readSlots(storage).filter((each) => each !== slot);
  for (const old of others.splice(MAX_STORED_VIEWS - 1)) storage.removeItem(SLOT_PREFIX + old);
  // The storage is one with a quota: older views make room, and a view that has none is not opened again.
  while (!tryStore([slot, ...others], view, storage)) {
    const oldest = others.pop();
    if (oldest === undefined) break;
    storage.removeItem(SLOT_PREFIX + oldest);
  }
  return slot;
}

/** The view of a slot; `undefined` when it is gone, or belongs to another session. */
export function storedView(slot: string, storage: TextStorage): string | undefined {
  return SLOT.test(slot) ? (storage.getItem(SLOT_PREFIX + slot) ?? undefined) : undefined;
}

function tryStore(slots: readonly string[], view: string, storage: TextStorage): boolean {
  return storage.setItem(SLOT_PREFIX + slots[0], view) && storage.setItem(LIST_KEY, slots.join(','));
}

/** Newest first. */
function readSlots(storage: TextStorage): string[] {
  return (storage.getItem(LIST_KEY) ?? '').split(',').filter((slot) => SLOT.test(slot));
}

/** 53 bits (cyrb53): enough that two of the few views of a session never share a slot. */
function slotOf(subject: string): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < subject.length; at++) {
    const unit = subject.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (2 ** 32 * (low & 0x1f_ffff) + (high >>> 0)).toString(36);
}
