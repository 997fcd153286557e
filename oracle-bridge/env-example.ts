import { VARIABLES } from './config-variables.ts';

const HEADER = `# Configuration of oracle-bridge, the daemon in the factory. Printed by \`oracle-bridge env\`; do not edit by hand.
# Start with: node --env-file=.env oracle-bridge/main.ts start
`;

/** The text of `.env.example`: every variable with its meaning; what need not be set is commented out. */
export function renderEnvExample(): string {
  const blocks = Object.entries(VARIABLES).map(([name, { description, example, presence }]) => {
    const assignment = `${presence === 'required' ? '' : '#'}${name}=${example}`;
    return `# ${description}${presence === 'required' ? ' Required.' : ''}\n${assignment}\n`;
  });
  return [HEADER, ...blocks].join('\n');
}
