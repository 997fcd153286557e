-- What the lineage wants to know of a container `c`, besides its id.
c.CONTAINERNAME,
  c.MFGORDERNAME,
  c.FIRSTNAME,
  c.OBJECTTYPE,
  c.ORIGINALCONTAINERID,
  c.SPLITFROMID
