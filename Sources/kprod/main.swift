print("kprod")
