/** Texts that are kept beyond this page. */
export interface TextStorage {
  getItem(key: string): string | null;
  /** @returns `false` when there is no room for it. */
  setItem(key: string, value: string): boolean;
  removeItem(key: string): void;
}

/** What browsers offer; reading, writing or only looking at it may throw. */
type BrowserStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * A storage of the browser that never throws. Where it is closed to this page, texts are kept in memory, so that what is put
 * into it is found again as long as the page lives.
 */
export function guardStorage(open: () => BrowserStorage): TextStorage {
  const attempt = <Value>(work: (storage: BrowserStorage) => Value): { readonly value: Value } | undefined => {
    try {
      return { value: work(open()) };
    } catch {
      return undefined;
    }
  };
  // A storage that is full can still be read.
  if (attempt((storage) => storage.getItem('')) === undefined) return memoryTexts();
  return {
    getItem: (key) => attempt((storage) => storage.getItem(key))?.value ?? null,
    setItem: (key, value) => attempt((storage) => storage.setItem(key, value)) !== undefined,
    removeItem: (key) => void attempt((storage) => storage.removeItem(key)),
  };
}

function memoryTexts(): TextStorage {
  const texts = new Map<string, string>();
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem(key, value) {
      texts.set(key, value);
      return true;
    },
    removeItem: (key) => void texts.delete(key),
  };
}

/** Kept for every page of this browser. */
export const localTexts = guardStorage(() => localStorage);
/** Kept for this tab. */
export const sessionTexts = guardStorage(() => sessionStorage);
