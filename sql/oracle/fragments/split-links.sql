-- Pairs of a container and what was split from it. A parent that is null or the container itself is none.
select rtrim(SPLITFROMID) as PARENTID, CONTAINERID as CHILDID
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and rtrim(SPLITFROMID) is not null
    and rtrim(SPLITFROMID) <> CONTAINERID
