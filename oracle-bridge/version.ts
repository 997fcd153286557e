import packageJson from '../package.json' with { type: 'json' };

/** Version of this daemon, as the edge and the log see it. */
export const BRIDGE_VERSION: string = packageJson.version;
