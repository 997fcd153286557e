/** A hold: a diamond around its moment. */
export const HOLD_PATH = 'M0 -6 L6 0 L0 6 L-6 0 Z';
/** A material: a triangle around its moment. */
export const MATERIAL_PATH = 'M0 -5 L5 4 L-5 4 Z';
