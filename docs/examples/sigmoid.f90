program sigmoid_filter
  use, intrinsic :: iso_fortran_env, only: real64
  implicit none
  real(real64) :: x
  integer :: status

  do
    read (*, *, iostat=status) x
    if (status /= 0) exit
    print '(es25.16e3, 1x, es25.16e3)', sigmoid(x), sigmoid_derivative(x)
  end do

contains

  elemental real(real64) function sigmoid(x)
    real(real64), intent(in) :: x
    real(real64) :: e

    e = exp(-abs(x))
    sigmoid = merge(1.0_real64, e, x >= 0) / (1 + e)
  end function

  elemental real(real64) function sigmoid_derivative(x)
    real(real64), intent(in) :: x
    real(real64) :: e

    e = exp(-abs(x))
    sigmoid_derivative = e / (1 + e)**2
  end function

end program
