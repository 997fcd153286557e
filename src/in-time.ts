/**
 * What `work` resolves to, if it does so within `limitMs`. Nothing is called off: work that comes late goes to waste.
 * @throws the error that `late` makes.
 */
export async function inTime<Value>(work: Promise<Value>, limitMs: number, late: () => Error): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
