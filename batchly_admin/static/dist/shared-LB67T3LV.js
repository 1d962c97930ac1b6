import{a,b,c,d,e,f}from"./shared-VHOIXTWO.js";import"./shared-WPENWX5B.js";export{f as FilesBox,a as holdsFiles,c as namedFiles,b as pastedFiles,d as sendFiles,e as sentWords};
