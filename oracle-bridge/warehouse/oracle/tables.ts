/** A table or view of the warehouse as statements name it: `DWH.DW_MES_CONTAINER`, its name without schema in a group. */
export const WAREHOUSE_TABLE = /\bDWH\.([A-Z][A-Z0-9_]*)\b/g;
