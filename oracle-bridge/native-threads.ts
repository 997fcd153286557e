/**
 * libuv's pool runs every DuckDB query and every deflate of a process, those of all its worker threads together. With
 * its default of 4, the statements of two jobs fill it and the deflates wait behind them. It is read when the pool is
 * first used, so this module has to be the first one that the daemon imports; its child processes inherit the number.
 */
const POOL_THREADS = 16;

process.env['UV_THREADPOOL_SIZE'] ??= String(POOL_THREADS);
