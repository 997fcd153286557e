import * as z from 'zod';

/** An environment variable of the bridge. */
export interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly description: string;
  /** Written into `.env.example`; the value of an absent variable unless that is required or optional. */
  readonly example: string;
  readonly presence: 'required' | 'optional' | 'default';
}

export function required<Schema extends z.ZodType>(schema: Schema, example: string, description: string) {
  return { schema, example, description, presence: 'required' } as const satisfies Variable<Schema>;
}

export function optional<Schema extends z.ZodType>(schema: Schema, example: string, description: string) {
  return {
    schema: schema.optional(),
    example,
    description,
    presence: 'optional',
  } as const satisfies Variable<z.ZodType>;
}

export function withDefault<Schema extends z.ZodType>(schema: Schema, example: string, description: string) {
  return { schema, example, description, presence: 'default' } as const satisfies Variable<Schema>;
}

export function whole(min: number, max: number) {
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}
