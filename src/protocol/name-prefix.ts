/** Stands before the names of some lots and is no part of them: with or without it, a name means the same. */
export const NAME_PREFIX = '參考編號：';
