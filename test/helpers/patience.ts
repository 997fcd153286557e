/** How long something may take to come true where the machine is busy with other tests too. */
export const PATIENCE_MS = 20_000;
