/**
 * libuv's pool runs every DuckDB query and every deflate of the process, those of all worker threads together. With its
 * default of 4, two long jobs fill it and a click waits behind them. It is read when the pool is first used, so this
 * module has to be the first one that the process imports.
 */
const POOL_THREADS = 16;

process.env['UV_THREADPOOL_SIZE'] ??= String(POOL_THREADS);
